Feature: Commands in disguise

  What a customer types is text, whatever it looks like. A command to the database that is typed into a name, a reason or an address is
  either refused or kept as the text that it is. What browsers make of such text is out of scope here.

  Background:
    Given customer "Tinker" has signed up
    And what OptiInfra holds of "Tinker" is noted

  @REQ-SEC-004 @needs_records
  Rule: A command to the database in any input must be refused or stored as text and never executed

    Scenario: Disguised commands in every text of every request have no effect
      Given customer "Northwind" runs one inference node on demand
      And "Northwind" owns one of everything
      When "Northwind" puts a command to the database into every text of every request
      Then each is refused or kept as text
      And OptiInfra holds the same of "Tinker" as before

    Scenario: Disguised commands in every name of every address are refused
      Given customer "Northwind" has signed up
      When "Northwind" puts a command to the database into every place of every address
      Then each is refused
      And OptiInfra holds the same of "Tinker" as before

    Scenario Outline: Nobody logs in as "<trick>"
      When somebody logs in as "<trick>" with the password "<password>"
      Then it is refused for want of a valid token
      And OptiInfra holds the same of "Tinker" as before

      Examples:
        | trick                             | password    |
        | ' OR '1'='1                       | anything    |
        | ' OR '1'='1' --                   | ' OR '1'='1 |
        | admin@optiinfra.example'; --      | anything    |
        | '; DELETE FROM users WHERE '1'='1 | anything    |

    Scenario: A company that is named like a command is called so
      When a company named "Robert'); DROP TABLE customers; --" signs up
      Then OptiInfra calls it "Robert'); DROP TABLE customers; --"
      And OptiInfra holds the same of "Tinker" as before
