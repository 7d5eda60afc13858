Feature: From sign-up to the first savings

  A company that has never heard of OptiInfra should see its first dollar saved on its first day, and understand each step on the way.
  This journey goes through the public interface only, and checks every claim against the customer's own cloud. What happens when
  something goes wrong is told in other features.

  @journey @REQ-JRN-004 @REQ-JRN-005 @REQ-JRN-007 @REQ-JRN-009 @REQ-JRN-010 @REQ-JRN-011
  Scenario: Northwind saves on its first day with OptiInfra
    Given a company like "Northwind" with 4 inference nodes on demand
    When the company signs up and lets OptiInfra into its cloud
    Then OptiInfra knows the whole fleet and nothing else
    And the cost agent's recommendation is a spot migration
    And the dashboard's potential savings are the sum of its recommendations
    When the customer approves the recommendation
    Then the optimization completes within 10 minutes
    And each step of the optimization was told live
    And the realised saving is within 20% of the prediction
    And all four agents go on monitoring the fleet
