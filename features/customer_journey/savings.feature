Feature: Savings as predicted

  A prediction is a promise. What a change really saves is worked out from what runs afterwards and what that costs, and it is near the
  promise or the promise was wrong. How the prediction is made, and booked to the cent, is told with the migrations.

  @REQ-JRN-010
  Rule: Realised savings must be within 20% of the prediction that was approved, and the dashboard's spend must fall by them

    Scenario: A migration saves what it promised
      Given customer "Northwind" runs 2 inference nodes on demand
      And the cost agent recommends a spot migration
      And the customer has looked at the dashboard
      When the customer approves the recommendation
      Then the optimization completes within 10 minutes
      And the realised saving is within 20% of the prediction
      And the dashboard's spend has fallen by the realised saving

    Scenario: An idle node that goes saves what it cost
      Given customer "Tinker" runs 3 inference nodes on demand
      And the cost agent recommends an idle termination
      And the customer has looked at the dashboard
      When the customer approves the recommendation
      Then the optimization completes within 10 minutes
      And the realised saving is within 0% of the prediction
      And the dashboard's spend has fallen by the realised saving

    @needs_market_control
    Scenario: A price that rises a little on the way is in the savings
      Given customer "Northwind" runs 2 inference nodes on demand
      And spot capacity costs 30% of on-demand capacity
      And the cost agent has recommended a spot migration
      And the first wave is running on spot
      When the spot price moves to 40% of the on-demand price
      Then the optimization completes within 10 minutes
      And the realised saving is below the prediction, by 20% at most
