Feature: Changes without asking

  Some customers do not want to be asked about every trifle. They may let OptiInfra carry out what is of low risk by itself; everything
  else waits for a person, and so does everything for customers who have not said so. What makes a risk low is told with the agents.

  @REQ-JRN-018
  Rule: A recommendation may be executed without asking only if its risk is low and the customer allows it

    Scenario: A low risk is carried out unasked where the customer allows it
      Given a company like "Tinker" with 2 inference nodes on demand
      And one of its nodes is idle
      And the company has signed up and allows changes of low risk
      When the customer lets OptiInfra assume a role in its cloud
      Then the idle node is ended without anybody having approved it

    Scenario: A low risk waits where the customer has not allowed it
      Given customer "Tinker" runs 3 inference nodes on demand
      And the cost agent recommends an idle termination
      When 1 day passes
      Then the recommendation stays pending
      And no change has begun
      And nothing in the customer's cloud has changed

    Scenario: A permission that was taken back is no permission
      Given customer "Tinker" runs 3 inference nodes on demand
      And the customer has allowed changes of low risk and thought better of it
      When 1 day passes
      Then no change has begun
      And nothing in the customer's cloud has changed

    Scenario Outline: A <risk> risk waits even where low ones are allowed
      Given customer "Tinker" runs 1 inference node on demand
      And the customer allows changes of low risk
      And an agent has made a recommendation of <risk> risk
      When 1 hour passes
      Then the recommendation stays pending
      And no change has begun

      Examples:
        | risk     |
        | medium   |
        | high     |
        | critical |
